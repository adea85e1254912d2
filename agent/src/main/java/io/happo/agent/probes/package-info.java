/**
 * The built-in checks that ask something over the network. Loaded one by one, when they are asked
 * for.
 */
@NullMarked
package io.happo.agent.probes;

import org.jspecify.annotations.NullMarked;
