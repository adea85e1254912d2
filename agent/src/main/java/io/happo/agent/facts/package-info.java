/**
 * What can be found out about the machine by a look at a few small files: what an agent tells its
 * hub when it says hello, by which plans choose, and what lists of the machine have of it too.
 */
@NullMarked
package io.happo.agent.facts;

import org.jspecify.annotations.NullMarked;
