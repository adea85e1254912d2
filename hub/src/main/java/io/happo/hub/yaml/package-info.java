/** Plans as people write them: YAML, of which a plan is made, and which is made of a plan. */
@NullMarked
package io.happo.hub.yaml;

import org.jspecify.annotations.NullMarked;
