/**
 * The built-in lists of an inventory: what a machine has, one thing a line, sorted, and without
 * anything that moves by itself. Made of files of the system's alone: nothing is started. Loaded
 * one by one, when they are asked for.
 */
@NullMarked
package io.happo.agent.lists;

import org.jspecify.annotations.NullMarked;
