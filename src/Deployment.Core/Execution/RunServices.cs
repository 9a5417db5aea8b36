using Deployment.Commands;
using Deployment.Health;
using Deployment.Notifications;
using Deployment.Planning;
using Deployment.Secrets;
using Deployment.Store;
using Microsoft.Extensions.Logging;

namespace Deployment.Execution;

/// <summary>What a pipeline gives every run of it.</summary>
internal sealed record RunServices
{
    internal required TargetTable Targets { get; init; }

    internal required IReadOnlyDictionary<string, Check> Checks { get; init; }

    internal required IDeploymentStore Store { get; init; }

    internal required ICommandRunner Commands { get; init; }

    internal required ISecretStore Secrets { get; init; }

    internal required TimeProvider Time { get; init; }

    internal required Random Random { get; init; }

    internal required ILogger Logger { get; init; }

    internal required EngineOptions Options { get; init; }

    /// <summary>What the code of the pipeline is made of; see <see cref="BuildId"/>.</summary>
    internal required string Build { get; init; }

    /// <summary>Who this process is, for people: host and process id.</summary>
    internal required string Holder { get; init; }

    /// <summary>The same for the lease, so that others can tell whether it still runs; see <see cref="ProcessText"/>.</summary>
    internal required string LeaseHolder { get; init; }

    internal LeftBehind LeftBehind { get; } = new();

    /// <summary>Tells persons; null for nobody.</summary>
    internal INotifier? Notifier { get; init; }

    /// <summary>Shows entries as they become durable.</summary>
    internal required IProgress<JournalEntry>? Progress { get; init; }
}
