using System.Collections.Immutable;

namespace Deployment.Providers.Local.Verbs;

/// <summary>The slots, and what is to be in them.</summary>
internal sealed record ReplaceArguments(ImmutableArray<int> Slots, InstallArguments Install);
