/**
 * The agent's own YAML files: read with the place of what is wrong, written as the original does.
 */
@NullMarked
package io.happo.agent.yaml;

import org.jspecify.annotations.NullMarked;
