using Deployment.Releases;

namespace Deployment.Targets;

/// <summary>A revision that stands on a target.</summary>
/// <param name="Id">Its name.</param>
/// <param name="Instances">How many copies run.</param>
/// <param name="Addresses">Where each copy can be reached; empty when they can't be.</param>
public sealed record ObservedRevision(RevisionId Id, int Instances, IReadOnlyList<Uri> Addresses);
