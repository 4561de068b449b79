#pragma once

#include "annotate/annotation.h"
#include "annotate/mask-edit.h"
#include "annotate/undo.h"

/* Two ends of a stroke this near (in radii and pixels beyond touching) are
 * taken for one: the outline is closed for the person. */
#define MG_STROKE_MIN_GAP_PX 4.0
/* Area of the path over that of a circle of its length, below which a stroke
 * is a line drawn to and fro, not an outline. */
#define MG_STROKE_MIN_ROUNDNESS 0.1
/* Cosine of the sharpest turn that is rounded off, and the most pieces a curve
 * between two places is drawn in. */
#define MG_STROKE_MAX_TURN   0.3
#define MG_STROKE_MAX_PIECES 24

/* The stroke in hand. */
typedef struct
{
  gboolean active;
  MgStroke settings;
  guint32 label;
  gboolean is_new_label;
  MgDab first, last;
  MgDab before_last; /* where has_before_last */
  gboolean has_before_last;
  double length;       /* of the path */
  double doubled_area; /* signed, of the polygon of the path */
} MgStrokeState;

struct _MgAnnotation
{
  GObject parent_instance;

  MgMaskEdit edit;
  MgUndo *undo;    /* owned */
  GArray *regions; /* owned, of MgTrainingRegion; replaced, never changed */
  gboolean regions_touched;
  MgStrokeState stroke;
  guint64 saved_state;

  /* planes */
  int n_z, n_t, plane;
  MgMaskEdit *others;    /* owned, (nullable): every plane but the one in hand; no mask, never seen */
  MgLabelTable presence; /* with several planes only: the area is the number of planes it is in */
  guint n_touched;       /* tiles since they were last taken */
  guint group;           /* edits ended now are one for undo; 0: each is its own */
  guint last_group;

  /* as last notified */
  gboolean could_undo, could_redo, was_modified;
  guint had_instances;
};

guint32 _mg_annotation_choose_label (MgAnnotation *annotation,
                                     const MgStroke *stroke,
                                     double x,
                                     double y);
void _mg_annotation_set_rule (MgAnnotation *annotation,
                              const MgStroke *stroke,
                              guint32 label);
MgMaskEdit *_mg_annotation_find_plane (MgAnnotation *annotation,
                                       int plane);
MgMask *_mg_annotation_snapshot_plane (const MgMaskEdit *edit);
void _mg_annotation_begin (MgAnnotation *annotation);
gboolean _mg_annotation_commit (MgAnnotation *annotation);
gboolean _mg_annotation_record (MgAnnotation *annotation);
void _mg_annotation_emit_damage (MgAnnotation *annotation);
void _mg_annotation_emit_changed (MgAnnotation *annotation);
void _mg_annotation_notify_plane (MgAnnotation *annotation);
void _mg_annotation_use_plane (MgAnnotation *annotation,
                               int plane);
gboolean _mg_annotation_is_elsewhere (MgAnnotation *annotation,
                                      guint32 label);
void _mg_annotation_touch (MgAnnotation *annotation,
                           MgMaskEdit *edit,
                           guint index);
void _mg_annotation_note_labels (MgAnnotation *annotation,
                                 const GArray *deltas,
                                 int sign);
