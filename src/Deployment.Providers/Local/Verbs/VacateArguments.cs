using System.Collections.Immutable;

namespace Deployment.Providers.Local.Verbs;

/// <summary>The slots to empty.</summary>
internal sealed record VacateArguments(ImmutableArray<int> Slots);
