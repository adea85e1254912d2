/**
 * The web page: each address gives a whole page that the hub has made ({@code jte/}); what is
 * changed from it takes the way of the REST API, as everybody's changes do. Pages are kept current
 * by {@code /live}, which says that something has changed, and nothing else.
 */
@NullMarked
package io.happo.hub.web;

import org.jspecify.annotations.NullMarked;
