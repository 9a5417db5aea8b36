using System.Globalization;

namespace Deployment.Integration.Tests.Deployer;

/// <summary>What a deployer is told on its command line, as NAME=VALUE.</summary>
public sealed record DeployerOptions
{
    /// <summary>deploy, resume, roll-back, signal or race.</summary>
    public string Do { get; init; } = "deploy";

    /// <summary>The folder with the store, the local target's state and what the steps leave.</summary>
    public required string World { get; init; }

    /// <summary>Where the store is; by default in the world's folder.</summary>
    public string? Store { get; init; }

    public int Port { get; init; }

    /// <summary>The web application's assembly.</summary>
    public string App { get; init; } = "";

    public string Version { get; init; } = "";

    public string Run { get; init; } = "";

    public string Signal { get; init; } = "";

    /// <summary>The point at which the process ends itself with SIGKILL; 0 for none.</summary>
    public int DieAt { get; init; }

    /// <summary>How the point's description begins at which the process ends itself with SIGKILL; empty for none.</summary>
    public string DieWhere { get; init; } = "";

    /// <summary>The verb in whose effect the process stops itself with SIGSTOP, once.</summary>
    public string StopIn { get; init; } = "";

    /// <summary>Whether a late effect bears the newest epoch instead of its own: what a target without the check amounts to.</summary>
    public bool Unfenced { get; init; }

    /// <summary>Whether a step after the switch fails.</summary>
    public bool Fails { get; init; }

    /// <summary>Whether the pipeline waits for a Go/No-Go before traffic.</summary>
    public bool Approval { get; init; }

    /// <summary>The point at which the disk of the store is filled; 0 for none.</summary>
    public int FillAt { get; init; }

    public int Rounds { get; init; }

    public string Name { get; init; } = "";

    /// <summary>Whether claims are granted to everybody.</summary>
    public bool Unclaimed { get; init; }

    public int LeaseMilliseconds { get; init; } = 300;

    /// <summary>How many instances of a revision run.</summary>
    public int Instances { get; init; } = 1;

    public static DeployerOptions Parse(string[] arguments)
    {
        var given = arguments.Select(argument => argument.Split('=', 2)).ToDictionary(pair => pair[0], pair => pair[1], StringComparer.Ordinal);
        string Text(string name) => given.GetValueOrDefault(name, "");
        int Number(string name) => given.TryGetValue(name, out string? text) ? int.Parse(text, CultureInfo.InvariantCulture) : 0;
        bool Flag(string name) => Text(name) == "true";
        return new DeployerOptions
        {
            Do = Text("do"),
            World = Text("world"),
            Store = given.GetValueOrDefault("store"),
            Port = Number("port"),
            App = Text("app"),
            Version = Text("version"),
            Run = Text("run"),
            Signal = Text("signal"),
            DieAt = Number("dieAt"),
            DieWhere = Text("dieWhere"),
            StopIn = Text("stopIn"),
            Unfenced = Flag("unfenced"),
            Fails = Flag("fails"),
            Approval = Flag("approval"),
            FillAt = Number("fillAt"),
            Rounds = Number("rounds"),
            Name = Text("name"),
            Unclaimed = Flag("unclaimed"),
            Instances = given.ContainsKey("instances") ? Number("instances") : 1,
            LeaseMilliseconds = given.ContainsKey("lease") ? Number("lease") : 300,
        };
    }

    public IEnumerable<string> ToArguments()
    {
        yield return $"do={Do}";
        yield return $"world={World}";
        if (Store is not null)
        {
            yield return $"store={Store}";
        }

        yield return string.Create(CultureInfo.InvariantCulture, $"port={Port}");
        yield return $"app={App}";
        yield return $"version={Version}";
        yield return $"run={Run}";
        yield return $"signal={Signal}";
        yield return string.Create(CultureInfo.InvariantCulture, $"dieAt={DieAt}");
        yield return $"dieWhere={DieWhere}";
        yield return $"stopIn={StopIn}";
        yield return $"unfenced={(Unfenced ? "true" : "false")}";
        yield return $"fails={(Fails ? "true" : "false")}";
        yield return $"approval={(Approval ? "true" : "false")}";
        yield return string.Create(CultureInfo.InvariantCulture, $"fillAt={FillAt}");
        yield return string.Create(CultureInfo.InvariantCulture, $"rounds={Rounds}");
        yield return $"name={Name}";
        yield return $"unclaimed={(Unclaimed ? "true" : "false")}";
        yield return string.Create(CultureInfo.InvariantCulture, $"lease={LeaseMilliseconds}");
        yield return string.Create(CultureInfo.InvariantCulture, $"instances={Instances}");
    }
}
