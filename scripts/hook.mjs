#!/usr/bin/env node
// What pre-commit runs from its clone of this repository: the program, installed and built on first use.
import "./start.mjs";
