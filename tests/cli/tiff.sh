# Little TIFFs made by hand, for inputs that no program writes willingly.

le16 () { printf "\\x$(printf %02x $(($1 & 255)))\\x$(printf %02x $(($1 >> 8 & 255)))"; }
le32 () { le16 $(($1 & 65535)); le16 $(($1 >> 16 & 65535)); }
entry () { le16 "$1"; le16 4; le32 1; le32 "$2"; } # tag, value, as LONG

# make_tiff FILE WIDTH HEIGHT BITS FORMAT BYTES: one strip, taken from standard
# input; FORMAT 1 unsigned, 3 float; BYTES is what the strip is said to hold
make_tiff () {
  {
    printf 'II*\0'
    le32 8
    le16 10
    entry 256 "$2"
    entry 257 "$3"
    entry 258 "$4"
    entry 259 1
    entry 262 1
    entry 273 134
    entry 277 1
    entry 278 "$3"
    entry 279 "$6"
    entry 339 "$5"
    le32 0
    cat
  } >"$1"
}
