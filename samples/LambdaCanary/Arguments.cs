namespace LambdaCanary;

/// <summary>What the sample is told.</summary>
/// <param name="Function">A function that stands.</param>
/// <param name="Version">The release's version.</param>
/// <param name="Folder">Its code.</param>
/// <param name="PlanOnly">Whether nothing is changed.</param>
internal sealed record Arguments(string Function, string Version, string Folder, bool PlanOnly)
{
    public const string Usage = """
        Brings a folder to a function of AWS Lambda as a canary behind its alias 'live': LambdaCanary FUNCTION VERSION FOLDER [--plan]

        Account and region are those that the aws tool has; AWS_ENDPOINT_URL names an emulator. The function must stand, and
        answer {"say":"hello"} with something that has hello in it, which is asked of each version before it has users:
          aws lambda create-function --function-name FUNCTION --runtime nodejs22.x --handler index.handler --role ROLE --zip-file fileb://CODE.zip
        """;

    /// <summary>Null where they can't be understood.</summary>
    public static Arguments? Parse(string[] arguments)
    {
        string[] words = [.. arguments.Where(argument => argument != "--plan")];
        return words is [{ } function, { } version, { } folder] ? new Arguments(function, version, folder, words.Length < arguments.Length) : null;
    }
}
