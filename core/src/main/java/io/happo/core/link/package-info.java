/**
 * What agent and hub say to each other on the link, and the results that travel on it. The protocol
 * is {@code happo.link.v1}: one JSON object in each text message, {@code type} says which.
 */
@NullMarked
package io.happo.core.link;

import org.jspecify.annotations.NullMarked;
