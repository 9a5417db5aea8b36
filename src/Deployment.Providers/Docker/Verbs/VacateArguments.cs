using System.Collections.Immutable;

namespace Deployment.Providers.Docker.Verbs;

/// <summary>Which slots are emptied.</summary>
internal sealed record VacateArguments(ImmutableArray<string> Slots);
