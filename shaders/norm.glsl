// Mean and inverse deviation of V channels from c on, each with its own group's;
// needs push of MgPushNorm and the statistics as `stats`.
struct Norm
{
  vec4 mean;
  vec4 inverse;
};

Norm
load_norm (uint n, uint c)
{
  uint per_group = push.channels / push.groups;
  Norm norm = Norm (vec4 (0.0), vec4 (0.0));

  for (uint j = 0; j < V; j++)
    {
      uint g = n * push.groups + (c + j) / per_group;

      norm.mean[j] = stats[g * 2];
      norm.inverse[j] = stats[g * 2 + 1];
    }
  return norm;
}
