namespace Deployment.Providers.Local.Router;

/// <summary>Breaks off what listens to it.</summary>
/// <param name="Give">Gives it.</param>
/// <param name="Token">Cancelled once it was given.</param>
internal sealed record CutSignal(Action Give, CancellationToken Token)
{
    // Never disposed: a request may be about to look at it, and without a timer there is nothing to give back.
    public static CutSignal New()
    {
        var source = new CancellationTokenSource();
        return new CutSignal(source.Cancel, source.Token);
    }
}
