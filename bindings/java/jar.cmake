# SPDX-License-Identifier: Apache-2.0
# Makes BUILT/s2n-tls.jar from what SWIG wrote (BUILT/src), the files of SOURCES/src/main/java and the native library.
# usage: cmake -DJAVAC= -DJAR= -DJAVA= -DBUILT= -DSOURCES= -P jar.cmake
set(classes "${BUILT}/classes")
file(REMOVE_RECURSE "${classes}")
file(GLOB_RECURSE files "${BUILT}/src/*.java" "${SOURCES}/src/main/java/*.java")
execute_process(
    COMMAND "${JAVAC}" --release 11 -encoding UTF-8 -Xlint:all -Werror -d "${classes}" ${files}
    COMMAND_ERROR_IS_FATAL ANY)

# The folder is called as Java names this machine, see Native.java.
execute_process(COMMAND "${JAVA}" -XshowSettings:properties -version
    OUTPUT_QUIET ERROR_VARIABLE settings COMMAND_ERROR_IS_FATAL ANY)
string(REGEX MATCH "os\\.arch = ([^\r\n ]+)" matched "${settings}")
string(TOLOWER "${CMAKE_MATCH_1}" machine)
string(REGEX MATCH "os\\.name = ([^\r\n ]+)" matched "${settings}")
string(TOLOWER "${CMAKE_MATCH_1}" system)
file(COPY "${BUILT}/libs2n_tls_java.so" DESTINATION "${classes}/s2n/tls/native/${system}-${machine}")

file(READ "${SOURCES}/pom.xml" pom)
string(REGEX MATCH "<version>([^<]+)</version>" matched "${pom}")
set(version "${CMAKE_MATCH_1}")
set(maven "${classes}/META-INF/maven/s2n.tls/s2n-tls")
file(COPY "${SOURCES}/pom.xml" DESTINATION "${maven}")
file(WRITE "${maven}/pom.properties" "groupId=s2n.tls\nartifactId=s2n-tls\nversion=${version}\n")
file(WRITE "${BUILT}/manifest.txt"
    "Automatic-Module-Name: s2n.tls\nImplementation-Title: s2n-tls\nImplementation-Version: ${version}\n")
execute_process(
    COMMAND "${JAR}" --create --file "${BUILT}/s2n-tls.jar" --manifest "${BUILT}/manifest.txt" -C "${classes}" .
    COMMAND_ERROR_IS_FATAL ANY)
