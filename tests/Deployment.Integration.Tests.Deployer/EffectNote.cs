using System.Globalization;

namespace Deployment.Integration.Tests.Deployer;

/// <summary>An effect as the world outside noted it.</summary>
public sealed record EffectNote(string What, string Verb, string Run, string Step, long Epoch, long At)
{
    internal static EffectNote Parse(string line)
    {
        string[] parts = line.Split('\t');
        return new EffectNote(parts[0], parts[1], parts[2], parts[3], long.Parse(parts[4], CultureInfo.InvariantCulture), long.Parse(parts[5], CultureInfo.InvariantCulture));
    }
}
