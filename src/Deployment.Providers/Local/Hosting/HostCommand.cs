using Deployment.Commands;
using Deployment.Providers.Local.Processes;
using Deployment.Providers.Local.Supervisor;

namespace Deployment.Providers.Local.Hosting;

/// <summary>How this assembly is started as a process of its own.</summary>
/// <param name="Dotnet">The <c>dotnet</c> host.</param>
/// <param name="Assembly">The copy of this assembly that is run.</param>
internal sealed record HostCommand(string Dotnet, string Assembly)
{
    /// <summary>For a supervisor: what started itself starts its routers.</summary>
    public static HostCommand OfThisProcess() => new(DotnetHost.Find(), typeof(HostCommand).Assembly.Location);

    public IReadOnlyList<string> Arguments(params string[] arguments) => ["exec", "--runtimeconfig", HostFiles.RuntimeConfigOf(Assembly), Assembly, .. arguments];

    public ProcessStart Start(StateFolder folder, long? spawn, string log, params string[] arguments)
    {
        Dictionary<string, string> environment = InstanceEnvironment.Base();
        if (spawn is { } number)
        {
            environment[SpawnMark.Variable] = SpawnMark.Of(folder, number);
        }

        return new ProcessStart
        {
            Program = Dotnet,
            Arguments = Arguments(arguments),
            WorkingFolder = folder.Path,
            Environment = environment,
            InheritEnvironment = false,
            StandardOutput = ProcessStream.AppendTo(log),
            StandardError = ProcessStream.AppendTo(log),
        };
    }
}
