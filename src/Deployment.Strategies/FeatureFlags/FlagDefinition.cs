using System.Text.Json;
using System.Text.Json.Nodes;
using Deployment.Flags;

namespace Deployment.Strategies.FeatureFlags;

/// <summary>One flag in the schema of Microsoft.FeatureManagement: who has it, and the same flag for others.</summary>
internal static class FlagDefinition
{
    private const string Targeting = "Microsoft.Targeting";
    private const string Enabled = "enabled";
    private const string Conditions = "conditions";
    private const string Filters = "client_filters";

    internal static FlagAudience AudienceOf(string definition)
    {
        JsonObject flag = Parse(definition);
        return IsOn(flag) ? FilterOf(flag) is { } filter ? Read(filter) : FlagAudience.Everyone : FlagAudience.Nobody;
    }

    /// <summary>A flag that is closed keeps its conditions: they say nothing until it is opened, and then they are said anew.</summary>
    internal static string WithAudience(string definition, FlagAudience audience)
    {
        JsonObject flag = Parse(definition);
        if (audience.IsNobody && !IsOn(flag))
        {
            return definition;
        }

        flag[Enabled] = !audience.IsNobody;
        if (!audience.IsNobody)
        {
            Write(FilterOf(flag) ?? AddFilter(flag), audience);
        }

        using JsonDocument json = JsonDocument.Parse(flag.ToJsonString());
        return FlagFileText.Write(json.RootElement);
    }

    private static JsonObject Parse(string definition)
    {
        try
        {
            return JsonNode.Parse(definition) as JsonObject ?? throw new DeploymentException("It is no object. Mend it in its store.");
        }
        catch (JsonException error)
        {
            throw new DeploymentException($"It is no JSON: {error.Message} Mend it in its store.", error);
        }
    }

    private static bool IsOn(JsonObject flag) => flag[Enabled] switch
    {
        null => false,
        JsonValue value when value.GetValueKind() is JsonValueKind.True or JsonValueKind.False => value.GetValue<bool>(),
        _ => throw Wrong($"'{Enabled}' is neither true nor false"),
    };

    /// <summary>Null where there is no condition at all: the flag is for everyone then.</summary>
    private static JsonObject? FilterOf(JsonObject flag)
    {
        if (flag[Conditions] is not { } conditions || (conditions as JsonObject ?? throw Wrong($"'{Conditions}' is no object"))[Filters] is not { } filters)
        {
            return null;
        }

        JsonArray list = filters as JsonArray ?? throw Wrong($"'{Filters}' is no list");
        string?[] names = [.. list.Select(filter => filter is JsonObject entry && entry["name"] is JsonValue name && name.GetValueKind() == JsonValueKind.String ? name.GetValue<string>() : null)];
        return names switch
        {
            [] => null,
            [{ } name] when IsTargeting(name) => (JsonObject)list[0]!,
            _ => throw Wrong($"it has the filters {string.Join(", ", names.Select(name => name ?? "(without a name)"))}, and only a single {Targeting} can be opened in stages"),
        };
    }

    private static bool IsTargeting(string name) =>
        name.Equals(Targeting, StringComparison.OrdinalIgnoreCase) || name.Equals("Targeting", StringComparison.OrdinalIgnoreCase);

    private static JsonObject AddFilter(JsonObject flag)
    {
        var filter = new JsonObject { ["name"] = Targeting };
        JsonObject conditions = flag[Conditions] as JsonObject ?? [];
        flag[Conditions] = conditions;
        conditions[Filters] = new JsonArray((JsonNode)filter);
        return filter;
    }

    private static FlagAudience Read(JsonObject filter)
    {
        JsonObject audience = Object(Object(filter, "parameters"), "Audience");
        return new FlagAudience
        {
            Users = [.. List(audience, "Users").Select(user => Text(user, "Users"))],
            Groups = List(audience, "Groups").Select(group => group as JsonObject ?? throw Wrong("'Groups' has an entry that is no object"))
                .DistinctBy(group => Text(group["Name"], "Name"))
                .ToDictionary(group => Text(group["Name"], "Name"), group => Share(group["RolloutPercentage"], "RolloutPercentage"), StringComparer.Ordinal),
            Percent = Share(audience["DefaultRolloutPercentage"], "DefaultRolloutPercentage"),
        };
    }

    private static void Write(JsonObject filter, FlagAudience to)
    {
        JsonObject parameters = Child(filter, "parameters");
        JsonObject audience = Child(parameters, "Audience");
        audience["Users"] = new JsonArray([.. to.Users.Select(user => (JsonNode)user)]);
        audience["Groups"] = new JsonArray([.. to.Groups.Select(group => new JsonObject { ["Name"] = group.Key, ["RolloutPercentage"] = group.Value })]);
        audience["DefaultRolloutPercentage"] = to.Percent;
    }

    private static JsonObject Child(JsonObject parent, string name)
    {
        JsonObject child = Object(parent, name);
        if (child.Parent is null)
        {
            parent[name] = child;
        }

        return child;
    }

    private static JsonObject Object(JsonObject parent, string name) => parent[name] switch
    {
        null => [],
        JsonObject child => child,
        _ => throw Wrong($"'{name}' is no object"),
    };

    private static JsonArray List(JsonObject parent, string name) => parent[name] switch
    {
        null => [],
        JsonArray list => list,
        _ => throw Wrong($"'{name}' is no list"),
    };

    private static string Text(JsonNode? node, string what) =>
        node is JsonValue value && value.GetValueKind() == JsonValueKind.String ? value.GetValue<string>() : throw Wrong($"'{what}' has an entry that is no text");

    private static double Share(JsonNode? node, string what) => node switch
    {
        null => 0,
        JsonValue value when value.GetValueKind() == JsonValueKind.Number && value.TryGetValue(out double share) && share is >= 0 and <= 100 => share,
        _ => throw Wrong($"'{what}' is no share of 0 to 100"),
    };

    private static DeploymentException Wrong(string what) => new($"{what}. Mend it in its store, or leave the flag out of the deployment.");
}
