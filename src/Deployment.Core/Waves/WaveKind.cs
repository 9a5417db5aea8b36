namespace Deployment.Waves;

/// <summary>How a wave finds its targets.</summary>
internal enum WaveKind
{
    Names,
    Tag,
    Count,
    Percent,
    Rest,
}
