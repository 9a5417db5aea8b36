namespace Deployment.Secrets;

/// <summary>
/// A value that must not be written down. Its text form is a mask; only <see cref="Reveal"/> gives the value,
/// and the command runner removes it from whatever a command prints.
/// </summary>
public sealed class Secret
{
    private readonly string _value;

    /// <summary>Wraps a value.</summary>
    public Secret(string value)
    {
        ArgumentNullException.ThrowIfNull(value);
        _value = value;
    }

    /// <summary>The mask that stands for every secret.</summary>
    public const string Mask = "[secret]";

    /// <summary>The value. Give it to the system that needs it and to nothing else.</summary>
    public string Reveal() => _value;

    /// <summary>Always <see cref="Mask"/>.</summary>
    public override string ToString() => Mask;
}
