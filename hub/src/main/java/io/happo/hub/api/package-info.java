/**
 * The REST API: one table of routes, from which requests are checked and answered and the OpenAPI
 * document is made.
 */
@NullMarked
package io.happo.hub.api;

import org.jspecify.annotations.NullMarked;
