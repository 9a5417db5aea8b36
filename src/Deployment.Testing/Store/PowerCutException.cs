namespace Deployment.Testing;

/// <summary>The power of a <see cref="LosingDisk"/> was cut. No program sees such an exception: it stands for the program's end.</summary>
public sealed class PowerCutException : Exception
{
    /// <summary>Creates the exception.</summary>
    /// <param name="operation">What would have been done.</param>
    public PowerCutException(string operation)
        : base($"The power was cut before: {operation}.")
    {
    }
}
