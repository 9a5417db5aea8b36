using System.Collections.Immutable;

namespace Deployment.Analysis;

/// <summary>Samples as they are written.</summary>
/// <param name="Buckets">The bounds of all buckets that they were counted in.</param>
/// <param name="Seen">The samples.</param>
internal sealed record SeenSamplesForm(ImmutableArray<ImmutableArray<double>> Buckets, ImmutableArray<SeenSampleForm?> Seen);
