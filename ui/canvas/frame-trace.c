#include "canvas/frame-trace.h"

#include <stdlib.h>
#include <time.h>

/* One frame that followed input, in microseconds. */
typedef struct
{
  gint64 work;    /* handlers and snapshot: our part */
  gint64 cpu;     /* processor time of the same: what a busy machine does not change */
  gint64 latency; /* first event to end of snapshot, the frame clock's wait included */
  gint64 paint;   /* from before-paint to after-paint: GTK's drawing included */
} Frame;

static struct
{
  gboolean enabled;
  GArray *frames; /* of Frame */
  gint64 first_event, handler_start, snapshot_start, paint_start;
  gint64 handler_start_cpu, snapshot_start_cpu;
  gint64 handlers, handlers_cpu;
  gint64 first_paint;     /* monotonic: start-up is counted by who started the program */
  gint64 first_pixels;    /* likewise, with an image all over the canvas */
  gboolean pixels;        /* the frame being drawn has them */
  gint64 first_paint_cpu; /* processor time until then, which a busy machine changes less */
  guint depth;
  gboolean open; /* the last frame still lacks its paint time */
} trace;

static gint64
cpu_us (void)
{
  struct timespec time;

  clock_gettime (CLOCK_THREAD_CPUTIME_ID, &time);
  return (gint64) time.tv_sec * G_USEC_PER_SEC + time.tv_nsec / 1000;
}

/**
 * mg_frame_trace_init:
 *
 * Looks at the environment once; without MG_TRACE=frames nothing is recorded.
 * The figures go to the file that MG_TRACE_FILE names, frames.json otherwise.
 */
void
mg_frame_trace_init (void)
{
  g_auto (GStrv) words = g_strsplit (g_getenv ("MG_TRACE") != NULL ? g_getenv ("MG_TRACE") : "", ",", -1);

  trace.enabled = g_strv_contains ((const char *const *) words, "frames");
  if (trace.enabled)
    trace.frames = g_array_new (FALSE, FALSE, sizeof (Frame));
}

/**
 * mg_frame_trace_enter:
 *
 * An input handler begins; may be nested.
 */
void
mg_frame_trace_enter (void)
{
  if (!trace.enabled || trace.depth++ > 0)
    return;
  trace.handler_start = g_get_monotonic_time ();
  trace.handler_start_cpu = cpu_us ();
  if (trace.first_event == 0)
    trace.first_event = trace.handler_start;
}

/**
 * mg_frame_trace_leave:
 *
 * The handler of mg_frame_trace_enter() ends.
 */
void
mg_frame_trace_leave (void)
{
  if (!trace.enabled || --trace.depth > 0)
    return;
  trace.handlers += g_get_monotonic_time () - trace.handler_start;
  trace.handlers_cpu += cpu_us () - trace.handler_start_cpu;
}

/**
 * mg_frame_trace_snapshot_begin:
 *
 * The canvas begins to draw itself.
 */
void
mg_frame_trace_snapshot_begin (void)
{
  if (!trace.enabled)
    return;
  trace.snapshot_start = g_get_monotonic_time ();
  trace.snapshot_start_cpu = cpu_us ();
}

/**
 * mg_frame_trace_snapshot_end:
 *
 * The canvas has drawn itself; a frame without input before it is not counted.
 */
void
mg_frame_trace_snapshot_end (void)
{
  gint64 now;

  if (!trace.enabled || trace.first_event == 0)
    return;
  now = g_get_monotonic_time ();
  g_array_append_val (trace.frames, ((Frame){ .work = trace.handlers + now - trace.snapshot_start,
                                              .cpu = trace.handlers_cpu + cpu_us () - trace.snapshot_start_cpu,
                                              .latency = now - trace.first_event }));
  trace.first_event = trace.handlers = trace.handlers_cpu = 0;
  trace.open = TRUE;
}

/**
 * mg_frame_trace_snapshot_more:
 *
 * Another widget that follows the canvas has drawn itself since
 * mg_frame_trace_snapshot_begin(): that is part of the frame, too.
 */
void
mg_frame_trace_snapshot_more (void)
{
  gint64 took;

  if (!trace.enabled || !trace.open)
    return;
  took = g_get_monotonic_time () - trace.snapshot_start;
  g_array_index (trace.frames, Frame, trace.frames->len - 1).work += took;
  g_array_index (trace.frames, Frame, trace.frames->len - 1).latency += took;
}

/**
 * mg_frame_trace_pixels:
 *
 * The frame being drawn shows an image wherever one looks.
 */
void
mg_frame_trace_pixels (void)
{
  trace.pixels = TRUE;
}

static void
on_before_paint (GdkFrameClock *frame_clock)
{
  trace.paint_start = g_get_monotonic_time ();
}

static void
on_after_paint (GdkFrameClock *frame_clock)
{
  if (trace.first_paint == 0)
    {
      trace.first_paint = g_get_monotonic_time ();
      trace.first_paint_cpu = (gint64) clock () * G_USEC_PER_SEC / CLOCKS_PER_SEC;
    }
  if (trace.pixels && trace.first_pixels == 0)
    trace.first_pixels = g_get_monotonic_time ();
  if (trace.open)
    g_array_index (trace.frames, Frame, trace.frames->len - 1).paint = g_get_monotonic_time () - trace.paint_start;
  else
    /* what came in changed nothing that is drawn: the next frame is not its answer */
    trace.first_event = trace.handlers = trace.handlers_cpu = 0;
  trace.open = FALSE;
}

/**
 * mg_frame_trace_watch:
 * @clock: the window's frame clock
 *
 * Times whole frames too.
 */
void
mg_frame_trace_watch (GdkFrameClock *clock)
{
  if (!trace.enabled)
    return;
  g_signal_connect (clock, "before-paint", G_CALLBACK (on_before_paint), NULL);
  g_signal_connect (clock, "after-paint", G_CALLBACK (on_after_paint), NULL);
}

static int
compare_times (gconstpointer a,
               gconstpointer b)
{
  gint64 x = *(const gint64 *) a, y = *(const gint64 *) b;

  return (x > y) - (x < y);
}

static void
append_percentiles (GString *text,
                    const char *name,
                    gsize offset)
{
  guint n = trace.frames->len;
  g_autofree gint64 *times = g_new (gint64, n);

  for (guint i = 0; i < n; i++)
    times[i] = G_STRUCT_MEMBER (gint64, &g_array_index (trace.frames, Frame, i), offset);
  qsort (times, n, sizeof *times, compare_times);
  g_string_append_printf (text, ",\n  \"%s\": {\"median_us\": %" G_GINT64_FORMAT ", \"p90_us\": %" G_GINT64_FORMAT ", \"p99_us\": %" G_GINT64_FORMAT ", \"max_us\": %" G_GINT64_FORMAT "}",
                          name, times[n / 2], times[n * 90 / 100], times[n * 99 / 100], times[n - 1]);
}

/**
 * mg_frame_trace_finish:
 *
 * Writes the percentiles and forgets the frames.
 */
void
mg_frame_trace_finish (void)
{
  const char *path = g_getenv ("MG_TRACE_FILE");
  g_autoptr (GError) error = NULL;
  g_autoptr (GString) text = NULL;

  if (!trace.enabled)
    return;
  text = g_string_new (NULL);
  g_string_append_printf (text, "{\n  \"first_paint_us\": %" G_GINT64_FORMAT ",\n  \"first_paint_cpu_us\": %" G_GINT64_FORMAT ",\n  \"first_pixels_us\": %" G_GINT64_FORMAT ",\n  \"frames\": %u",
                          trace.first_paint, trace.first_paint_cpu, trace.first_pixels, trace.frames->len);
  if (trace.frames->len > 0)
    {
      append_percentiles (text, "our_part", G_STRUCT_OFFSET (Frame, work));
      append_percentiles (text, "our_part_processor", G_STRUCT_OFFSET (Frame, cpu));
      append_percentiles (text, "event_to_snapshot", G_STRUCT_OFFSET (Frame, latency));
      append_percentiles (text, "whole_paint", G_STRUCT_OFFSET (Frame, paint));
    }
  g_string_append (text, "\n}\n");
  if (!g_file_set_contents (path != NULL ? path : "frames.json", text->str, text->len, &error))
    g_warning ("%s", error->message);
  g_clear_pointer (&trace.frames, g_array_unref);
  trace.enabled = FALSE;
}
