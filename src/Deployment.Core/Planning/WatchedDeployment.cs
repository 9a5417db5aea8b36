using System.Text.Json;
using Deployment.Json;
using Deployment.Store;

namespace Deployment.Planning;

/// <summary>
/// All that a look of an extended watch needs to know of the deployment, as a blob that the look's record names (<see cref="RunRecord.Watched"/>): so a look
/// costs as much as there are targets, and reads neither the deployment's runbook nor its journal.
/// </summary>
internal sealed record WatchedDeployment
{
    /// <summary>The run that brought the release.</summary>
    public required string Deployment { get; init; }

    public required IReadOnlyList<WatchedTarget> Targets { get; init; }

    /// <summary>The rules whose alert the run before noted, and of which somebody was told; null for none.</summary>
    public IReadOnlyList<string>? Alerts { get; init; }

    internal static async Task<WatchedDeployment> ReadAsync(IDeploymentStore store, RunRecord look, CancellationToken cancellationToken)
    {
        string problem;
        try
        {
            if (look.Watched is { } hash && await store.GetBlobAsync(hash, cancellationToken) is { } json)
            {
                return JsonSerializer.Deserialize(json.Span, CoreJson.Default.WatchedDeployment)!;
            }

            problem = look.Watched is null ? "its record doesn't say so" : $"the blob {look.Watched} is missing";
        }
        catch (JsonException error)
        {
            problem = error.Message;
        }

        throw new DeploymentException($"What run {look.Id} watches can't be read: {problem.TrimEnd('.')}. Restore the store from a backup.");
    }

    internal Task<string> KeepAsync(IDeploymentStore store) => store.PutBlobAsync(JsonSerializer.SerializeToUtf8Bytes(this, CoreJson.Default.WatchedDeployment), CancellationToken.None);
}
