namespace Deployment.Providers.Local.Router;

/// <summary>How forwarding one request ended.</summary>
/// <param name="Outcome">The outcome.</param>
/// <param name="Tunnel">What goes on after a connection was upgraded, among the tunnels of its target, on the instance that was asked; the request is answered then, and still in flight.</param>
internal readonly record struct ForwardResult(ForwardOutcome Outcome, Func<Tunnels, Instance, Task>? Tunnel = null)
{
    public static implicit operator ForwardResult(ForwardOutcome outcome) => new(outcome);
}
