/**
 * What `setup` shows to Deno to ask whether it can reach JSR; it is looked at, never run. The
 * specifiers are spelt out because the import map may lead to the facades that the question is about.
 *
 * @module
 */
import "jsr:@std/assert@^1";
import "jsr:@std/async@^1";
import "jsr:@std/testing@^1/time";
import "jsr:@std/yaml@^1";
