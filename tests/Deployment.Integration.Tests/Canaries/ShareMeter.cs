using Deployment.Health;

namespace Deployment.Integration.Tests.Canaries;

/// <summary>Stands under each share and measures it from outside.</summary>
internal sealed class ShareMeter(Func<CountedLoad> load) : Check("share", CheckKind.Smoke)
{
    private const int OnOneConnection = 600;
    private const int AmongMany = 2500;

    internal List<(double OnOneConnection, double AmongMany)> Shares { get; } = [];

    public override CheckDescription Describe(CheckSubject subject) => new([], "It is measured.");

    public override async Task<Verdict> EvaluateAsync(CheckContext context, CancellationToken cancellationToken)
    {
        string version = context.Subject.Candidate.Version;
        Shares.Add((await load().ShareOnOneConnectionAsync(version, OnOneConnection), await load().ShareAmongManyAsync(version, AmongMany)));
        return Verdict.Pass($"{Shares[^1]}");
    }
}
