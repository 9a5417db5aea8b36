using System.Collections.Immutable;

namespace Deployment.Providers.Local.Protocol;

/// <summary>A revision that stands, whether it has a share or not.</summary>
/// <param name="Revision">Its id.</param>
/// <param name="Ports">The ports of its instances on 127.0.0.1, at least one.</param>
internal sealed record LiveRevision(string Revision, ImmutableArray<int> Ports);
