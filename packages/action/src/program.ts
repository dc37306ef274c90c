// The one door to the program: its published package exports no code, so it is entered by its sources.
export * from "../../cli/src/index.js";
