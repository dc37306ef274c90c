import { properties } from "./property.js";

// By hand more: `PROPERTY_RUNS=20000`.
properties(Number(process.env.PROPERTY_RUNS ?? 3_000));
