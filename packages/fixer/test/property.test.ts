import { properties } from "./property.js";

properties(60);
