namespace Deployment.Testing;

/// <summary>One scenario that a strategy must go through with its promises kept.</summary>
public sealed class StrategyConformanceCase
{
    private readonly Action _run;

    internal StrategyConformanceCase(string name, Action run)
    {
        Name = name;
        _run = run;
    }

    /// <summary>The scenario, as a name for a test.</summary>
    public string Name { get; }

    /// <summary>Goes through the scenario, in virtual time and on the caller's thread.</summary>
    /// <exception cref="StrategyConformanceException">A promise was broken.</exception>
    public void Run() => _run();

    /// <summary>The name.</summary>
    public override string ToString() => Name;
}
