using Deployment.Commands;
using Deployment.Releases;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Deployment.Health;

/// <summary>Says what a check looks at. Exactly one thing: a second one is a second check.</summary>
/// <typeparam name="TBuilder">The builder itself.</typeparam>
public abstract class ProbeBuilder<TBuilder>
    where TBuilder : ProbeBuilder<TBuilder>
{
    private readonly List<HealthProbe> _probes = [];
    private readonly List<string> _errors = [];

    private protected ProbeBuilder()
    {
    }

    /// <summary>Makes the connections of HTTP probes.</summary>
    internal Func<HttpMessageHandler> Handlers { get; set; } = HttpProbe.DirectConnections;

    /// <summary>An HTTP GET that must answer with a status from 200 to 299. Redirects are not followed.</summary>
    /// <param name="place">A path that begins with '/', asked at the address of every instance; or a whole address, asked once.</param>
    /// <param name="configure">Asks for another status, or for a text in the body.</param>
    public TBuilder Http(string place, Action<HttpProbeOptions>? configure = null)
    {
        var options = new HttpProbeOptions();
        configure?.Invoke(options);
        if (HttpProbe.Problem(place) is { } problem)
        {
            _errors.Add(problem);
        }

        _errors.AddRange(options.Problems());
        return Probe(new HttpProbe(place ?? "", options.Copy(), () => Handlers()));
    }

    /// <summary>A TCP connection that every instance must accept.</summary>
    public TBuilder Tcp() => Probe(new TcpProbe());

    /// <summary>
    /// A command that must end with exit code 0. The text <c>{address}</c> in an argument stands for an instance's address, without the
    /// slash at its end; then the command runs for each instance, else once.
    /// </summary>
    public TBuilder Command(string program, params string[] arguments)
    {
        try
        {
            return Command(Commands.Command.Of(program, arguments));
        }
        catch (DeploymentException exception)
        {
            _errors.Add(exception.Message);
            return (TBuilder)this;
        }
    }

    /// <summary>The same with a command that has an environment or a folder.</summary>
    public TBuilder Command(Command command)
    {
        ArgumentNullException.ThrowIfNull(command);
        return Probe(new CommandProbe(command));
    }

    /// <summary>The caller's own code, which must honour its cancellation token.</summary>
    /// <param name="expected">What it expects, in words, for the plan: 1 to 120 printable characters.</param>
    /// <param name="look">Null when all is well; else one sentence that says what is wrong. An exception counts as that.</param>
    public TBuilder Check(string expected, Func<CheckContext, CancellationToken, Task<string?>> look)
    {
        ArgumentNullException.ThrowIfNull(look);
        AddTitleProblem(expected);
        return Probe(new DelegateProbe(expected, look));
    }

    /// <summary>A health check as ASP.NET Core and others register them. Healthy is well.</summary>
    /// <param name="check">The health check.</param>
    /// <param name="name">What the plan calls it; its type's name by default.</param>
    /// <param name="allowDegraded">Whether degraded is well, too. Default false.</param>
    public TBuilder HealthCheck(IHealthCheck check, string? name = null, bool allowDegraded = false)
    {
        ArgumentNullException.ThrowIfNull(check);
        string shown = name ?? check.GetType().Name;
        AddTitleProblem(shown);
        return Probe(new RegisteredHealthProbe(shown, check, allowDegraded));
    }

    /// <summary>A probe of the caller's own.</summary>
    public TBuilder Probe(HealthProbe probe)
    {
        ArgumentNullException.ThrowIfNull(probe);
        _probes.Add(probe);
        return (TBuilder)this;
    }

    /// <summary>The one probe; null when there is an error, which is added.</summary>
    internal HealthProbe? Single(string what, List<string> errors)
    {
        errors.AddRange(_errors.Select(error => $"{what}: {error}"));
        if (_probes.Count > 1)
        {
            errors.Add($"{what} looks at {_probes.Count} things. Make a check of each, so that a failure says which it was.");
        }
        else if (_probes.Count == 0 && _errors.Count == 0)
        {
            errors.Add($"{what} looks at nothing. Call Http, Tcp, Command, Check, HealthCheck or Probe.");
        }

        return _errors.Count == 0 && _probes.Count == 1 ? _probes[0] : null;
    }

    private void AddTitleProblem(string? text)
    {
        if (Title.Problem("check", text) is { } problem)
        {
            _errors.Add(problem);
        }
    }
}
