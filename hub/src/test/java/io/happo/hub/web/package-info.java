@NullMarked
package io.happo.hub.web;

import org.jspecify.annotations.NullMarked;
