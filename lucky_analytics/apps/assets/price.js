/* The price what-if comes with its view. */
