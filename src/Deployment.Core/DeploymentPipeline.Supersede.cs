using Deployment.Releases;
using Deployment.Store;

namespace Deployment;

// A newer release in the place of one whose run is still open.
public sealed partial class DeploymentPipeline
{
    private const int LongestReason = 120;

    /// <summary>
    /// Brings a newer release in the place of the one that an open run brings, such as one that is held: the run is aborted and goes back, and
    /// then the newer release is deployed from what stood before. Where going back would be worse (<see cref="Migrations.MigratedFailure.Supersede"/>) or can't be
    /// done any more, the run ends as <see cref="DeploymentOutcome.NeedsAttention"/> instead, and the newer release is deployed on what it left. Where no living process drives the run, this one takes it back.
    /// A run that succeeds before the abort reaches it stays, and the newer release follows on it.
    /// </summary>
    /// <param name="runId">The run.</param>
    /// <param name="release">The newer release.</param>
    /// <param name="by">Who decides so: 1 to 120 characters on one line.</param>
    /// <param name="cancellationToken">While the run goes back: only ends waiting for it, and the newer release is not deployed. After that as for <see cref="DeployAsync(Release, CancellationToken)"/>.</param>
    /// <returns>How the newer release's run ended.</returns>
    /// <exception cref="DeploymentException">There is no such run, it has ended, it brings no release, or it could not be taken back completely: then the newer release was not deployed.</exception>
    /// <exception cref="DeploymentValidationException">The newer release lacks something that the environment asks for, and the run was left alone; or it can't be planned once the run is back.</exception>
    public async Task<DeploymentResult> SupersedeAsync(string runId, Release release, string by, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(release);
        RunRecord run = await FindAsync(runId, cancellationToken);
        if (run.Kind != RunKind.Deploy)
        {
            throw new DeploymentException($"Run {run.Id} brings no release ({run.Kind}), so there is none to supersede. {(run.Kind == RunKind.Watch ? "It holds no target: deploy the newer release (DeployAsync)." : "Wait until it has ended, and then deploy (DeployAsync).")}");
        }

        string[] lacks = [.. Lacks(release)];
        if (lacks.Length > 0)
        {
            throw new DeploymentValidationException($"To supersede run {run.Id} by {release.Application} {release.Version}", lacks);
        }

        string reason = $"{release.Application} {release.Version} takes its place";
        await SignalAsync(run.Id, Signal.Supersede(by, reason[..Math.Min(reason.Length, LongestReason)]), cancellationToken);
        run = await EndOfAsync(run.Id, cancellationToken);
        return run is { Outcome: DeploymentOutcome.NeedsAttention, IsLeftStanding: false }
            ? throw new DeploymentException($"Run {run.Id} could not be taken back completely, so {release.Application} {release.Version} was not deployed: {run.Reason} Look at it; then deploy (DeployAsync).")
            : await DeployAsync(release, cancellationToken);
    }

    /// <summary>Whoever drives the run takes it back; where nobody shows a sign of life that is this process.</summary>
    private async Task<RunRecord> EndOfAsync(string runId, CancellationToken cancellationToken)
    {
        while (true)
        {
            RunRecord run = await FindAsync(runId, cancellationToken);
            if (run.State == RunState.Ended)
            {
                return run;
            }

            try
            {
                await ResumeAsync(runId, force: false, cancellationToken);
            }
            catch (RunDrivenException)
            {
                await _services.Time.DelayAsync(_services.Options.SignalInterval, cancellationToken);
            }
        }
    }
}
