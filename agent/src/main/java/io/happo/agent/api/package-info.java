/**
 * The HTTPS API of the original, route by route: who may ask, what a request must hold, what is run
 * or kept, and the answer to the byte.
 */
@NullMarked
package io.happo.agent.api;

import org.jspecify.annotations.NullMarked;
