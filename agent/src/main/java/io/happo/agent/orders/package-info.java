/** What the hub wants done here: its plan applied, bundles fetched, and runs done at once. */
@NullMarked
package io.happo.agent.orders;

import org.jspecify.annotations.NullMarked;
