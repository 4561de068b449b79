#include "image/runs.h"

/**
 * mg_runs_root:
 * @runs: all runs
 * @i: one of them
 *
 * Returns: the run that stands for the region of run @i: its first one
 */
guint
mg_runs_root (MgRun *runs,
              guint i)
{
  while (runs[i].parent != i)
    {
      runs[i].parent = runs[runs[i].parent].parent;
      i = runs[i].parent;
    }
  return i;
}

static void
join (MgRun *runs,
      guint a,
      guint b)
{
  a = mg_runs_root (runs, a);
  b = mg_runs_root (runs, b);
  runs[MAX (a, b)].parent = MIN (a, b);
}

/**
 * mg_runs_join_rows:
 * @runs: all runs, row by row from the left
 * @above: first run of the row above; @begin when that row has none
 * @begin: first run of a row, one past the last of the row above
 * @end: one past its last
 * @diagonal: pixels that share only a corner are connected too
 *
 * Joins runs of the same value that touch across the two rows.
 */
void
mg_runs_join_rows (MgRun *runs,
                   guint above,
                   guint begin,
                   guint end,
                   gboolean diagonal)
{
  int reach = diagonal ? 1 : 0;

  for (guint i = begin, j = above; i < end; i++)
    {
      while (j < begin && runs[j].x1 + reach <= runs[i].x0)
        j++;
      for (guint k = j; k < begin && runs[k].x0 < runs[i].x1 + reach; k++)
        if (runs[k].value == runs[i].value)
          join (runs, i, k);
    }
}
