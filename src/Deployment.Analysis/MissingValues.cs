namespace Deployment.Analysis;

/// <summary>What it means that a point has no value.</summary>
public enum MissingValues
{
    /// <summary>Nothing is known: it is left out.</summary>
    Remove,

    /// <summary>Nothing happened: it is 0.</summary>
    Zero,
}
