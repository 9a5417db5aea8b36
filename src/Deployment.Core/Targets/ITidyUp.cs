namespace Deployment.Targets;

/// <summary>A target that keeps what the way back of a run may need, and lets go of it once the run has succeeded.</summary>
public interface ITidyUp
{
    /// <summary>
    /// Removes what is too old to be kept. It is called when all of a run was done and verified and its journal says that it has succeeded. Its failure is
    /// logged, and is not the run's; where the process dies meanwhile, the one that goes on with the run calls it again, or the next run that succeeds.
    /// </summary>
    /// <param name="context">The run. No step is journaled for this.</param>
    /// <param name="cancellationToken">Cancels.</param>
    Task TidyUpAsync(EffectContext context, CancellationToken cancellationToken);
}
