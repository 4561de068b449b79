#include "compare/compare-panel.h"

#include "compare/metrics.h"

#include <math.h>

/* A region that is dragged is measured when it rests. */
#define REST_MS 200

enum
{
  ROW_PSNR,
  ROW_SSIM,
  ROW_NRMSE,
  ROW_NOISE,
  N_ROWS,
};

/* The image as a whole, and the region. */
enum
{
  PART_IMAGE,
  PART_REGION,
  N_PARTS,
};

typedef struct
{
  GtkWidget *title;
  GtkWidget *names[N_ROWS];
  GtkLabel *values[N_ROWS][2];
  MgMeter *meter;
  MgMetrics metrics;
  gboolean known;
} Part;

struct _MgComparePanel
{
  GtkBox parent_instance;

  MgComparePage *page; /* borrowed: of the same window */
  gboolean updating;
  Part parts[N_PARTS];
  MgMetricsSource measured; /* what the image's measures are of; only compared with */
  GtkLabel *columns[2];

  GtkDropDown *left;
  GtkDropDown *right;
  GtkWidget *delete_left;
  GtkWidget *delete_right;
  GtkWidget *map_label;
  GtkDropDown *map;
  GtkWidget *range_label;
  GtkSpinButton *range;
  GtkAdjustment *range_adjustment;
  GtkWidget *measures;
  GtkSpinner *busy;
  GtkCheckButton *fitted;
  GtkGrid *grid;
  GtkLabel *verdict;
};

G_DEFINE_FINAL_TYPE (MgComparePanel, mg_compare_panel, GTK_TYPE_BOX)

static MgRendition *
get_side (MgComparePanel *self,
          int side)
{
  return side == 0 ? mg_compare_page_get_left (self->page) : mg_compare_page_get_right (self->page);
}

static gboolean
is_noisy (MgComparePanel *self,
          int side)
{
  MgRendition *rendition = get_side (self, side);

  return rendition != NULL && mg_rendition_get_kind (rendition) == MG_RENDITION_NOISY;
}

static void
set_value (GtkLabel *label,
           gboolean known,
           const char *format,
           double value)
{
  g_autofree char *text = !known ? g_strdup ("–") : isinf (value) ? g_strdup ("∞")
                                                                  : g_strdup_printf (format, value);

  gtk_label_set_text (label, text);
}

/* Rows without any value are not to be seen. */
static void
show_part (MgComparePanel *self,
           int which)
{
  static const char *const formats[N_ROWS] = { "%.2f", "%.4f", "%.4f", "%.3g" };
  Part *part = &self->parts[which];
  const MgMetrics *metrics = &part->metrics;
  gboolean fitted = gtk_check_button_get_active (self->fitted), any = FALSE;

  for (int row = 0; row < N_ROWS; row++)
    {
      gboolean seen = FALSE;

      for (int side = 0; side < 2; side++)
        {
          const MgScores *scores = fitted ? &metrics->scores[side].fitted : &metrics->scores[side].raw;
          const double values[N_ROWS] = { scores->psnr, scores->ssim, scores->nrmse,
                                          metrics->has_removal[side] ? metrics->removal[side].sigma_after
                                                                     : metrics->removal[1 - side].sigma_before };
          gboolean known = part->known && (row != ROW_NOISE ? metrics->has_scores[side]
                                                            : metrics->has_removal[side] || (is_noisy (self, side) && metrics->has_removal[1 - side]));

          set_value (part->values[row][side], known, formats[row], values[row]);
          seen = seen || known;
        }
      gtk_widget_set_visible (part->names[row], seen);
      for (int side = 0; side < 2; side++)
        gtk_widget_set_visible (GTK_WIDGET (part->values[row][side]), seen);
      any = any || seen;
    }
  gtk_widget_set_visible (part->title, any);
}

static void
fill (MgComparePanel *self,
      GtkDropDown *chooser,
      MgRendition *chosen)
{
  GListModel *renditions = G_LIST_MODEL (mg_compare_page_get_renditions (self->page));
  g_autoptr (GtkStringList) titles = gtk_string_list_new (NULL);
  guint n = g_list_model_get_n_items (renditions), selected = GTK_INVALID_LIST_POSITION;

  for (guint i = 0; i < n; i++)
    {
      MgRendition *rendition = mg_renditions_get (MG_RENDITIONS (renditions), i);

      gtk_string_list_append (titles, mg_rendition_get_title (rendition));
      if (rendition == chosen)
        selected = i;
    }
  gtk_drop_down_set_model (chooser, G_LIST_MODEL (titles));
  gtk_drop_down_set_selected (chooser, selected);
  gtk_widget_set_sensitive (GTK_WIDGET (chooser), n > 1);
}

/* Where a network's result lies beside a filter's and both have scores: whether
 * learning was worth it. */
static char *
dup_advice (MgComparePanel *self,
            const MgMetrics *metrics)
{
  for (int side = 0; side < 2; side++)
    {
      MgRendition *filtered = get_side (self, side), *learned = get_side (self, 1 - side);
      MgFilterKind kind;

      if (metrics->has_scores[0] && metrics->has_scores[1] && mg_rendition_get_kind (learned) == MG_RENDITION_MODEL &&
          mg_filter_find (mg_rendition_get_id (filtered), &kind, NULL))
        return mg_trust_advise (kind, metrics->scores[side].raw.psnr, metrics->scores[1 - side].raw.psnr);
    }
  return NULL;
}

/* What was taken away, in words; of the right image, or else of the left. */
static void
show_verdict (MgComparePanel *self)
{
  const Part *part = &self->parts[PART_IMAGE];
  g_autofree char *text = part->known ? dup_advice (self, &part->metrics) : NULL;

  for (int side = 1; side >= 0 && text == NULL; side--)
    if (part->known && part->metrics.has_removal[side])
      text = mg_removal_describe (&part->metrics.removal[side]);
  if (text != NULL)
    text[0] = g_ascii_toupper (text[0]);
  gtk_label_set_text (self->verdict, text != NULL ? text : "");
  gtk_widget_set_visible (GTK_WIDGET (self->verdict), text != NULL);
}

static void
show_measures (MgComparePanel *self)
{
  gboolean scores = FALSE;

  for (int i = 0; i < N_PARTS; i++)
    {
      const Part *part = &self->parts[i];

      show_part (self, i);
      scores = scores || (part->known && (part->metrics.has_scores[0] || part->metrics.has_scores[1]));
    }
  gtk_widget_set_visible (GTK_WIDGET (self->fitted), scores);
  show_verdict (self);
}

static void
take_metrics (MgComparePanel *self,
              int which,
              const MgMetrics *metrics,
              const GError *error)
{
  Part *part = &self->parts[which];

  part->known = metrics != NULL;
  if (metrics != NULL)
    part->metrics = *metrics;
  if (which == PART_IMAGE)
    gtk_spinner_stop (self->busy);
  show_measures (self);
  if (error != NULL && which == PART_IMAGE)
    {
      gtk_label_set_text (self->verdict, error->message);
      gtk_widget_set_visible (GTK_WIDGET (self->verdict), TRUE);
    }
}

static void
on_image_measured (const MgMetrics *metrics,
                   const GError *error,
                   gpointer data)
{
  take_metrics (data, PART_IMAGE, metrics, error);
}

static void
on_region_measured (const MgMetrics *metrics,
                    const GError *error,
                    gpointer data)
{
  take_metrics (data, PART_REGION, metrics, error);
}

/* Nothing to say of one image alone, nor of a network that still learns. */
static gboolean
get_source (MgComparePanel *self,
            MgMetricsSource *out)
{
  MgRenditions *renditions = mg_compare_page_get_renditions (self->page);
  MgRendition *noisy = mg_renditions_get_noisy (renditions), *clean = mg_renditions_get_clean (renditions);
  gboolean restored = FALSE;

  *out = (MgMetricsSource){ 0 };
  for (int side = 0; side < 2; side++)
    {
      MgRendition *rendition = get_side (self, side);

      if (rendition == NULL || !mg_compare_page_fits (self->page, rendition))
        return FALSE;
      if (mg_rendition_get_kind (rendition) == MG_RENDITION_PREVIEW)
        return FALSE;
      restored = restored || mg_rendition_is_restored (rendition);
      out->sides[side] = mg_rendition_get_image (rendition);
    }
  out->noisy = mg_rendition_get_image (noisy);
  if (clean != NULL && mg_compare_page_fits (self->page, clean))
    out->clean = mg_rendition_get_image (clean);
  out->c = mg_compare_page_get_channel (self->page);
  mg_compare_page_get_plane (self->page, &out->z, &out->t);
  return out->noisy != NULL && (restored || out->clean != NULL);
}

static void
update_measures (MgComparePanel *self)
{
  MgMetricsSource source;
  gboolean possible = get_source (self, &source);

  gtk_widget_set_visible (self->measures, possible);
  if (!possible)
    source = (MgMetricsSource){ 0 };
  if (memcmp (&source, &self->measured, sizeof source) != 0)
    {
      self->measured = source;
      self->parts[PART_IMAGE].known = FALSE;
      mg_meter_measure (self->parts[PART_IMAGE].meter, possible ? &source : NULL, 0);
      gtk_spinner_set_spinning (self->busy, possible);
    }
  self->parts[PART_REGION].known = FALSE;
  possible = mg_compare_view_get_roi (mg_compare_page_get_view (self->page), &source.rect) && possible;
  mg_meter_measure (self->parts[PART_REGION].meter, possible ? &source : NULL, REST_MS);
  show_measures (self);
}

static void
update (MgComparePanel *self)
{
  self->updating = TRUE;
  fill (self, self->left, mg_compare_page_get_left (self->page));
  fill (self, self->right, mg_compare_page_get_right (self->page));
  for (int side = 0; side < 2; side++)
    {
      MgRendition *rendition = get_side (self, side);

      gtk_label_set_text (self->columns[side], rendition != NULL ? mg_rendition_get_title (rendition) : "–");
      gtk_widget_set_tooltip_text (GTK_WIDGET (self->columns[side]), rendition != NULL ? mg_rendition_get_title (rendition) : NULL);
      gtk_widget_set_visible (side == 0 ? self->delete_left : self->delete_right,
                              rendition != NULL && mg_rendition_is_kept (rendition));
    }
  self->updating = FALSE;
}

static void
update_map (MgComparePanel *self)
{
  gboolean seen = mg_compare_view_get_mode (mg_compare_page_get_view (self->page)) == MG_COMPARE_MAP;
  double range;
  int map;

  g_object_get (self->page, "map", &map, NULL);
  self->updating = TRUE;
  gtk_drop_down_set_selected (self->map, (guint) map);
  gtk_widget_set_visible (self->map_label, seen);
  gtk_widget_set_visible (self->range_label, seen && mg_compare_page_get_map_range (self->page, &range));
  if (gtk_widget_get_visible (self->range_label))
    {
      gtk_adjustment_set_step_increment (self->range_adjustment, range / 20);
      gtk_spin_button_set_digits (self->range, (guint) CLAMP (ceil (2 - log10 (range)), 0, 6));
      gtk_adjustment_set_value (self->range_adjustment, range);
    }
  self->updating = FALSE;
}

static void
on_map (MgComparePanel *self)
{
  if (!self->updating && self->page != NULL)
    mg_compare_page_set_map (self->page, gtk_drop_down_get_selected (self->map));
}

static void
on_range (MgComparePanel *self)
{
  if (!self->updating && self->page != NULL)
    mg_compare_page_set_map_range (self->page, gtk_adjustment_get_value (self->range_adjustment));
}

static void
on_fitted (MgComparePanel *self)
{
  show_measures (self);
}

static void
choose (MgComparePanel *self,
        GtkDropDown *chooser,
        void (*set) (MgComparePage *page, MgRendition *rendition))
{
  MgRendition *rendition;

  if (self->updating || self->page == NULL)
    return;
  rendition = mg_renditions_get (mg_compare_page_get_renditions (self->page), gtk_drop_down_get_selected (chooser));
  if (rendition != NULL)
    set (self->page, rendition);
}

static void
on_left (MgComparePanel *self)
{
  choose (self, self->left, mg_compare_page_set_left);
}

static void
on_right (MgComparePanel *self)
{
  choose (self, self->right, mg_compare_page_set_right);
}

static void
mg_compare_panel_dispose (GObject *object)
{
  MgComparePanel *self = MG_COMPARE_PANEL (object);

  self->updating = TRUE;
  for (int i = 0; i < N_PARTS; i++)
    g_clear_pointer (&self->parts[i].meter, mg_meter_free);
  gtk_widget_dispose_template (GTK_WIDGET (self), MG_TYPE_COMPARE_PANEL);
  G_OBJECT_CLASS (mg_compare_panel_parent_class)->dispose (object);
}

static void
mg_compare_panel_class_init (MgComparePanelClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = mg_compare_panel_dispose;
  gtk_widget_class_set_template_from_resource (widget_class, "/io/github/micrographia/Micrographia/ui/compare-panel.ui");
  gtk_widget_class_bind_template_child (widget_class, MgComparePanel, left);
  gtk_widget_class_bind_template_child (widget_class, MgComparePanel, right);
  gtk_widget_class_bind_template_child (widget_class, MgComparePanel, delete_left);
  gtk_widget_class_bind_template_child (widget_class, MgComparePanel, delete_right);
  gtk_widget_class_bind_template_child (widget_class, MgComparePanel, map_label);
  gtk_widget_class_bind_template_child (widget_class, MgComparePanel, map);
  gtk_widget_class_bind_template_child (widget_class, MgComparePanel, range_label);
  gtk_widget_class_bind_template_child (widget_class, MgComparePanel, range);
  gtk_widget_class_bind_template_child (widget_class, MgComparePanel, range_adjustment);
  gtk_widget_class_bind_template_child (widget_class, MgComparePanel, measures);
  gtk_widget_class_bind_template_child (widget_class, MgComparePanel, busy);
  gtk_widget_class_bind_template_child (widget_class, MgComparePanel, fitted);
  gtk_widget_class_bind_template_child (widget_class, MgComparePanel, grid);
  gtk_widget_class_bind_template_child (widget_class, MgComparePanel, verdict);
  gtk_widget_class_bind_template_callback (widget_class, on_left);
  gtk_widget_class_bind_template_callback (widget_class, on_right);
  gtk_widget_class_bind_template_callback (widget_class, on_map);
  gtk_widget_class_bind_template_callback (widget_class, on_range);
  gtk_widget_class_bind_template_callback (widget_class, on_fitted);
}

static GtkLabel *
add_label (MgComparePanel *self,
           const char *text,
           int column,
           int row,
           gboolean name)
{
  GtkWidget *label = gtk_label_new (text);

  gtk_label_set_xalign (GTK_LABEL (label), name ? 0 : 1);
  gtk_label_set_ellipsize (GTK_LABEL (label), column > 0 && name ? PANGO_ELLIPSIZE_END : PANGO_ELLIPSIZE_NONE);
  gtk_widget_set_hexpand (label, column > 0);
  gtk_widget_add_css_class (label, "caption");
  gtk_widget_add_css_class (label, name ? "dim-label" : "numeric");
  gtk_grid_attach (self->grid, label, column, row, 1, 1);
  return GTK_LABEL (label);
}

static void
build_grid (MgComparePanel *self)
{
  static const char *const parts[] = { "Image", "Region" };
  static const char *const rows[] = { "PSNR, dB", "SSIM", "NRMSE", "Noise" };
  static const char *const tips[] = {
    "Peak signal to noise ratio against the clean image; more is better",
    "Structural similarity with the clean image (Wang et al. 2004); 1 is alike",
    "Root mean square error over the clean image’s range; less is better",
    "Standard deviation of what changes from pixel to pixel, in the image’s units",
  };
  static MgMeterFunc const funcs[] = { on_image_measured, on_region_measured };

  for (int side = 0; side < 2; side++)
    {
      self->columns[side] = add_label (self, "–", side + 1, 0, TRUE);
      gtk_label_set_xalign (self->columns[side], 1);
      gtk_label_set_width_chars (self->columns[side], 5);
      gtk_label_set_max_width_chars (self->columns[side], 10);
    }
  for (int i = 0; i < N_PARTS; i++)
    {
      Part *part = &self->parts[i];
      int top = 1 + i * (N_ROWS + 1);

      part->meter = mg_meter_new (funcs[i], self);
      part->title = GTK_WIDGET (add_label (self, parts[i], 0, top, TRUE));
      gtk_widget_remove_css_class (part->title, "dim-label");
      gtk_widget_add_css_class (part->title, "caption-heading");
      for (int row = 0; row < N_ROWS; row++)
        {
          part->names[row] = GTK_WIDGET (add_label (self, rows[row], 0, top + 1 + row, TRUE));
          gtk_widget_set_tooltip_text (part->names[row], tips[row]);
          for (int side = 0; side < 2; side++)
            part->values[row][side] = add_label (self, "–", side + 1, top + 1 + row, FALSE);
        }
    }
}

static void
mg_compare_panel_init (MgComparePanel *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  build_grid (self);
}

/**
 * mg_compare_panel_set_page:
 * @self: a panel
 * @page: what it speaks of; set once
 */
void
mg_compare_panel_set_page (MgComparePanel *self,
                           MgComparePage *page)
{
  self->page = page;
  g_signal_connect_object (page, "changed", G_CALLBACK (update), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (mg_compare_page_get_renditions (page), "items-changed", G_CALLBACK (update), self,
                           G_CONNECT_SWAPPED | G_CONNECT_AFTER);
  g_signal_connect_object (page, "measure", G_CALLBACK (update_measures), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (page, "map-changed", G_CALLBACK (update_map), self, G_CONNECT_SWAPPED);
  update (self);
}

/**
 * mg_compare_panel_get_fitted:
 * @self: a panel
 *
 * Returns: (transfer none): whose "active" says whether measures are of images
 *   fitted to the clean one
 */
GObject *
mg_compare_panel_get_fitted (MgComparePanel *self)
{
  return G_OBJECT (self->fitted);
}
