using System.Globalization;

namespace Deployment.Strategies.Rolling;

/// <summary>Some of a target's instances: a number of them, or a share in percent. A plain number can be assigned to it.</summary>
public sealed record RollingAmount
{
    private RollingAmount(int value, bool isPercent)
    {
        Value = value;
        IsPercent = isPercent;
    }

    /// <summary>The number of instances, or the percentage.</summary>
    public int Value { get; }

    /// <summary>Whether it is a percentage.</summary>
    public bool IsPercent { get; }

    /// <summary>A number of instances.</summary>
    /// <param name="instances">0 to 10,000.</param>
    public static RollingAmount Instances(int instances) => new(instances, isPercent: false);

    /// <summary>A share of the instances.</summary>
    /// <param name="percent">0 to 100.</param>
    public static RollingAmount Percent(int percent) => new(percent, isPercent: true);

    /// <summary>A number of instances.</summary>
    public static implicit operator RollingAmount(int instances) => Instances(instances);

    /// <summary>The same as the conversion of a number.</summary>
    public static RollingAmount FromInt32(int instances) => Instances(instances);

    /// <summary>Such as <c>25%</c> or <c>3</c>.</summary>
    public override string ToString() => Value.ToString(CultureInfo.InvariantCulture) + (IsPercent ? "%" : "");

    internal int RoundedUp(int instances) => IsPercent ? (int)(((long)instances * Value + 99) / 100) : Value;

    internal int RoundedDown(int instances) => IsPercent ? (int)((long)instances * Value / 100) : Value;

    internal bool IsInRange => Value >= 0 && Value <= (IsPercent ? 100 : 10_000);
}
