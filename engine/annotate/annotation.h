#pragma once

#include "annotate/polygon.h"
#include "annotate/training-region.h"
#include "annotate/wand.h"

/**
 * MgTool:
 * @MG_TOOL_BRUSH: starts a new instance, or extends the one it starts in; a
 *   closed outline fills itself on release
 * @MG_TOOL_ERASER: erases the instance under its start only, or any where
 *   `erase_any` is set
 * @MG_TOOL_IGNORE: paints pixels that count neither as cell nor as background
 *   (%MG_LABEL_IGNORED)
 */
typedef enum
{
  MG_TOOL_BRUSH,
  MG_TOOL_ERASER,
  MG_TOOL_IGNORE,
} MgTool;

/* What a stroke, a shape or the wand paints. Radius in image pixels, of strokes only. */
typedef struct
{
  MgTool tool;
  double radius;
  gboolean erase_any;   /* eraser: any instance */
  gboolean overwrite;   /* paint over other instances (off: they are protected) */
  gboolean fill_closed; /* strokes that paint: fill a closed outline on release */
  gboolean smooth;      /* strokes: round off what a fast pointer leaves out */
  guint32 go_on;        /* brush: an instance of another plane that a stroke on background
                         * goes on with where this plane has none of it; 0 starts a new one */
} MgStroke;

/* One image's hand-made labels: mask, training regions, undo, state; of several
 * planes where the image has them (annotation-planes.h). Main thread. Signals:
 * "damaged" (const MgRect *rect): these pixels changed;
 * "changed": something a person would save or undo changed (notify-like).
 * Properties: "can-undo", "can-redo", "modified", "n-instances", "plane"
 * (read only). */
#define MG_TYPE_ANNOTATION (mg_annotation_get_type ())
G_DECLARE_FINAL_TYPE (MgAnnotation, mg_annotation, MG, ANNOTATION, GObject)

MgAnnotation *mg_annotation_new (int width,
                                 int height);
MgMask *mg_annotation_get_mask (MgAnnotation *annotation);
guint mg_annotation_get_n_instances (MgAnnotation *annotation);
gboolean mg_annotation_get_modified (MgAnnotation *annotation);
/* The state goes with a snapshot: what is saved later from that snapshot is
 * reported with mg_annotation_set_saved_state(), whatever was edited meanwhile. */
guint64 mg_annotation_get_state (MgAnnotation *annotation);
void mg_annotation_set_saved_state (MgAnnotation *annotation,
                                    guint64 state);
gboolean mg_annotation_has (MgAnnotation *annotation,
                            guint32 label);
gint64 mg_annotation_get_area (MgAnnotation *annotation,
                               guint32 label);

guint32 mg_annotation_begin_stroke (MgAnnotation *annotation,
                                    const MgStroke *stroke,
                                    double x,
                                    double y);
void mg_annotation_stroke_to (MgAnnotation *annotation,
                              double x,
                              double y,
                              double radius);
void mg_annotation_end_stroke (MgAnnotation *annotation);
void mg_annotation_cancel_stroke (MgAnnotation *annotation);

/* shapes */
guint32 mg_annotation_paint_polygon (MgAnnotation *annotation,
                                     const MgStroke *stroke,
                                     const MgPoint *points,
                                     guint n);
guint32 mg_annotation_paint_wand (MgAnnotation *annotation,
                                  const MgStroke *stroke,
                                  double x,
                                  double y,
                                  MgWand *wand,
                                  int tolerance);
guint32 mg_annotation_fill_at (MgAnnotation *annotation,
                               int x,
                               int y);
gboolean mg_annotation_fill_holes (MgAnnotation *annotation,
                                   guint32 label);

/* whole instances */
guint32 mg_annotation_add_region (MgAnnotation *annotation,
                                  MgLabels *source,
                                  guint32 source_label,
                                  const MgRect *box);
guint mg_annotation_add_some (MgAnnotation *annotation,
                              MgLabels *source,
                              GHashTable *wanted,
                              const MgRect *box,
                              GArray *added);
gboolean mg_annotation_delete_many (MgAnnotation *annotation,
                                    const guint32 *labels,
                                    guint n);
gboolean mg_annotation_merge (MgAnnotation *annotation,
                              const guint32 *labels,
                              guint n);
guint mg_annotation_cut (MgAnnotation *annotation,
                         const MgPoint *points,
                         guint n);
GArray *mg_annotation_find_in_rect (MgAnnotation *annotation,
                                    const MgRect *rect);
gboolean mg_annotation_get_box (MgAnnotation *annotation,
                                guint32 label,
                                MgRect *box);

/* Training regions: where there are any, pixels outside take no part in training. */
const MgTrainingRegion *mg_annotation_get_training_regions (MgAnnotation *annotation,
                                                            guint *n);
void mg_annotation_set_training_regions (MgAnnotation *annotation,
                                         const MgTrainingRegion *regions,
                                         guint n);
gboolean mg_annotation_add_training_region (MgAnnotation *annotation,
                                            const MgTrainingRegion *region);
gboolean mg_annotation_change_training_region (MgAnnotation *annotation,
                                               guint index,
                                               const MgTrainingRegion *region);
gboolean mg_annotation_delete_training_region (MgAnnotation *annotation,
                                               guint index);
void mg_annotation_clear_training_regions (MgAnnotation *annotation);

void mg_annotation_clear (MgAnnotation *annotation);
void mg_annotation_set_undo_budget (MgAnnotation *annotation,
                                    gsize bytes);
gboolean mg_annotation_undo (MgAnnotation *annotation);
gboolean mg_annotation_redo (MgAnnotation *annotation);
gboolean mg_annotation_can_undo (MgAnnotation *annotation);
gboolean mg_annotation_can_redo (MgAnnotation *annotation);
