#include "cli/progress-line.h"

#include <math.h>
#include <sys/ioctl.h>
#include <unistd.h>

#define BAR_WIDTH           20
#define PLAIN_INTERVAL_US   (10 * G_USEC_PER_SEC)
#define MIN_SECONDS_TO_TELL 1.0

struct _CliProgressLine
{
  gboolean terminal;
  gboolean shown;
  gint64 printed_us;
  /* where the stage began, for its rate */
  const char *stage;
  double stage_total, first_done, first_seconds;
};

CliProgressLine *
cli_progress_line_new (void)
{
  CliProgressLine *line = g_new0 (CliProgressLine, 1);

  line->terminal = isatty (STDERR_FILENO);
  line->printed_us = g_get_monotonic_time ();
  return line;
}

static void
append_time (GString *text, double seconds)
{
  gint64 whole = (gint64) ceil (seconds);

  if (whole >= 3600)
    g_string_append_printf (text, " · %d h %02d min left", (int) (whole / 3600), (int) (whole / 60 % 60));
  else
    g_string_append_printf (text, " · %d:%02d left", (int) (whole / 60), (int) (whole % 60));
}

static void
append_rate (GString *text, CliProgressLine *line, const MgProgressInfo *info)
{
  double done = info->done - line->first_done, seconds = info->seconds - line->first_seconds;
  double rate = done / seconds;

  if (seconds < MIN_SECONDS_TO_TELL || done <= 0)
    return;
  if (info->total > 1 && info->total == floor (info->total))
    g_string_append_printf (text, " · %.3g/s", rate);
  if (info->total > 0)
    append_time (text, (info->total - info->done) / rate);
}

static char *
describe (CliProgressLine *line, const MgProgressInfo *info)
{
  GString *text = g_string_new (NULL);

  if (line->stage != info->stage || line->stage_total != info->total)
    {
      line->stage = info->stage;
      line->stage_total = info->total;
      line->first_done = info->done;
      line->first_seconds = info->seconds;
    }
  if (info->total > 0)
    {
      double fraction = CLAMP (info->done / info->total, 0, 1);

      if (line->terminal)
        {
          int filled = (int) (fraction * BAR_WIDTH);

          for (int i = 0; i < BAR_WIDTH; i++)
            g_string_append (text, i < filled ? "█" : "░");
          g_string_append_c (text, ' ');
        }
      g_string_append_printf (text, "%3.0f %% ", 100 * fraction);
    }
  g_string_append (text, info->stage);
  if (info->place[0] != '\0')
    g_string_append_printf (text, " %s", info->place);
  if (info->note[0] != '\0')
    g_string_append_printf (text, " · %s", info->note);
  append_rate (text, line, info);
  return g_string_free (text, FALSE);
}

/* What fits on one row of the terminal, so that it can be written over. */
static void
cut_to_terminal (char *text)
{
  struct winsize size;
  glong columns = 80;

  if (ioctl (STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0)
    columns = size.ws_col;
  if (g_utf8_validate (text, -1, NULL) && g_utf8_strlen (text, -1) >= columns)
    *g_utf8_offset_to_pointer (text, columns - 1) = '\0';
}

void
cli_progress_line_update (CliProgressLine *line,
                          MgProgress *progress)
{
  g_autofree char *text = NULL;
  gint64 now_us = g_get_monotonic_time ();
  MgProgressInfo info;

  if (line == NULL)
    return;
  mg_progress_get (progress, &info);
  text = describe (line, &info);
  if (line->terminal)
    {
      cut_to_terminal (text);
      g_printerr ("\r\033[K%s", text);
    }
  else if (now_us - line->printed_us >= PLAIN_INTERVAL_US)
    {
      g_printerr ("%s\n", text);
      line->printed_us = now_us;
    }
  line->shown = TRUE;
}

void
cli_progress_line_end (CliProgressLine *line)
{
  if (line == NULL)
    return;
  if (line->terminal && line->shown)
    g_printerr ("\r\033[K");
  g_free (line);
}
