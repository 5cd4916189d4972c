/* The smallest H.264 writer that spends bits on content: macroblocks as they are (I_PCM), as many as the rate pays for. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

typedef struct {
    uint8_t *data;
    size_t size, room;
    unsigned held, bits;
} Bits;

static void byte(Bits *to, unsigned value) {
    if (to->size == to->room) to->data = realloc(to->data, to->room = 2 * to->room + 4096);
    to->data[to->size++] = (uint8_t)value;
}
static void put(Bits *to, unsigned count, unsigned value) {
    for (unsigned at = count; at-- > 0;) {
        to->held = to->held << 1 | (value >> at & 1);
        if (++to->bits == 8) { byte(to, to->held & 255); to->held = to->bits = 0; }
    }
}
/* Exp-Golomb, 9.1 */
static void ue(Bits *to, unsigned value) {
    unsigned length = 0;
    while ((value + 1) >> (length + 1)) length++;
    put(to, length, 0);
    put(to, length + 1, value + 1);
}
static void align(Bits *to) { while (to->bits != 0) put(to, 1, 0); }
static void trail(Bits *to) { put(to, 1, 1); align(to); }

/* Start code, header, and the payload with emulation prevention, 7.4.1 */
static void nal(Bits *to, unsigned header, Bits *payload) {
    byte(to, 0); byte(to, 0); byte(to, 0); byte(to, 1); byte(to, header);
    unsigned zeros = 0;
    for (size_t at = 0; at < payload->size; at++) {
        if (zeros == 2 && payload->data[at] <= 3) { byte(to, 3); zeros = 0; }
        byte(to, payload->data[at]);
        zeros = payload->data[at] == 0 ? zeros + 1 : 0;
    }
    payload->size = 0;
}

typedef struct {
    int width, height, across, down;
    unsigned gop, pictures, next;
    double bytesPerPicture, credit;
    Bits work;
    uint8_t *whole;
} H264;

typedef struct {
    const uint8_t *y, *u, *v;
    int yPitch, cPitch, cStep;
} Picture;

static void h264Start(H264 *of, int width, int height, unsigned gop, double bytesPerPicture) {
    of->width = width; of->height = height;
    of->across = (width + 15) / 16; of->down = (height + 15) / 16;
    of->gop = gop == 0 || gop > 100000 ? 100000 : gop;
    of->bytesPerPicture = bytesPerPicture;
    of->whole = calloc(1, (size_t)of->across * (size_t)of->down);
}

static void h264Headers(H264 *of, Bits *to) {
    Bits *w = &of->work;
    put(w, 8, 66); put(w, 8, 0); put(w, 8, 51);
    ue(w, 0); ue(w, 0); ue(w, 2); ue(w, 1); put(w, 1, 0);
    ue(w, (unsigned)of->across - 1); ue(w, (unsigned)of->down - 1);
    put(w, 1, 1); put(w, 1, 1); put(w, 1, 1);
    ue(w, 0); ue(w, (unsigned)(of->across * 16 - of->width) / 2); ue(w, 0); ue(w, (unsigned)(of->down * 16 - of->height) / 2);
    put(w, 1, 0); trail(w);
    nal(to, 0x67, w);
    ue(w, 0); ue(w, 0); put(w, 1, 0); put(w, 1, 0); ue(w, 0); ue(w, 0); ue(w, 0); put(w, 1, 0); put(w, 2, 0);
    ue(w, 0); ue(w, 0); ue(w, 0); put(w, 1, 1); put(w, 1, 0); put(w, 1, 0); trail(w);
    nal(to, 0x68, w);
}

static void pcm(H264 *of, const Picture *from, int mb) {
    int left = mb % of->across * 16, top = mb / of->across * 16;
    align(&of->work);
    for (int y = 0; y < 16; y++)
        for (int x = 0; x < 16; x++) {
            int px = left + x < of->width ? left + x : of->width - 1, py = top + y < of->height ? top + y : of->height - 1;
            byte(&of->work, from->y[py * from->yPitch + px]);
        }
    for (int plane = 0; plane < 2; plane++)
        for (int y = 0; y < 8; y++)
            for (int x = 0; x < 8; x++) {
                int cw = of->width / 2, ch = of->height / 2;
                int px = left / 2 + x < cw ? left / 2 + x : cw - 1, py = top / 2 + y < ch ? top / 2 + y : ch - 1;
                byte(&of->work, (plane ? from->v : from->u)[py * from->cPitch + px * from->cStep]);
            }
}

/* How many bits `coeff_token` takes for no coefficient depends on the neighbours: a whole macroblock counts as 16, 9.2.1 */
static void noCoefficients(H264 *of, int mb) {
    int left = mb % of->across > 0 ? of->whole[mb - 1] * 16 : -1, above = mb >= of->across ? of->whole[mb - of->across] * 16 : -1;
    int n = left >= 0 && above >= 0 ? (left + above + 1) / 2 : left >= 0 ? left : above >= 0 ? above : 0;
    if (n < 2) put(&of->work, 1, 1);
    else if (n < 4) put(&of->work, 2, 3);
    else if (n < 8) put(&of->work, 4, 15);
    else put(&of->work, 6, 3);
}

/* One picture. Returns 1 for a key frame. */
static int h264Picture(H264 *of, const Picture *from, Bits *to) {
    Bits *w = &of->work;
    unsigned inGop = of->pictures % of->gop;
    int key = inGop == 0, count = of->across * of->down;
    if (key) h264Headers(of, to);
    ue(w, 0); ue(w, key ? 7 : 5); ue(w, 0); put(w, 4, inGop & 15);
    if (key) { ue(w, of->pictures / of->gop & 1); put(w, 2, 0); }
    else { put(w, 2, 0); put(w, 1, 0); }
    ue(w, 0); ue(w, 1);
    of->credit += of->bytesPerPicture - (key ? count / 2.0 : 8);
    int paid = of->credit > 0 ? (int)(of->credit / 385) : 0;
    if (paid > count) paid = count;
    of->credit -= paid * 385.0;
    memset(of->whole, 0, (size_t)count);
    for (int each = 0; each < paid; each++) of->whole[(of->next + (unsigned)each) % (unsigned)count] = 1;
    of->next = (of->next + (unsigned)paid) % (unsigned)count;
    unsigned skipped = 0;
    for (int mb = 0; mb < count; mb++) {
        if (key && !of->whole[mb]) { ue(w, 3); ue(w, 0); ue(w, 0); noCoefficients(of, mb); }
        else if (key) { ue(w, 25); pcm(of, from, mb); }
        else if (of->whole[mb]) { ue(w, skipped); skipped = 0; ue(w, 30); pcm(of, from, mb); }
        else skipped++;
    }
    if (skipped > 0) ue(w, skipped);
    trail(w);
    nal(to, key ? 0x65 : 0x61, w);
    of->pictures++;
    return key;
}
