#pragma once

#include <gtk/gtk.h>

/* Times our part of every frame where MG_TRACE=frames asks for it: what input
 * handlers and the snapshot take between two frames. Main thread. */
void mg_frame_trace_init (void);
void mg_frame_trace_enter (void);
void mg_frame_trace_leave (void);
void mg_frame_trace_snapshot_begin (void);
void mg_frame_trace_snapshot_end (void);
void mg_frame_trace_snapshot_more (void);
void mg_frame_trace_pixels (void);
void mg_frame_trace_watch (GdkFrameClock *clock);
void mg_frame_trace_finish (void);
