using System.Collections.Immutable;

namespace Deployment.Providers.Local.Protocol;

/// <summary>All that a supervisor looks after.</summary>
/// <param name="Protocol">What requests it understands; see <see cref="CurrentProtocol"/>.</param>
/// <param name="ProcessId">Its process.</param>
/// <param name="StateFolder">Its folder.</param>
/// <param name="Epochs">The highest fencing epoch seen, by application.</param>
/// <param name="Targets">By name.</param>
internal sealed record SupervisorStatus(
    int Protocol, int ProcessId, string StateFolder, ImmutableSortedDictionary<string, long> Epochs, ImmutableSortedDictionary<string, TargetStatus> Targets)
{
    /// <summary>Raised with every change that an older supervisor could not follow.</summary>
    public const int CurrentProtocol = 4;
}
